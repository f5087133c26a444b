// Constants of frames/look.json, given as pipeline constants by js/src/look.ts.
override account_low: f32;        // radius of the smallest and largest sphere
override account_high: f32;
override loop_size: f32;          // reach of a transfer to oneself whose bend is 1 long
override pulse_speed_low: f32;    // pulse spacings a second
override pulse_speed_high: f32;
override pulse_length_low: f32;   // share of a spacing that glows
override pulse_length_high: f32;
override pulse_spacing: f32;      // scene units between two pulses of one artery
override alert_swell: f32;        // how much thicker an alert is
override alert_pitch: f32;        // from bead to bead, in half widths
override alert_fog: f32;          // how much of the fog hides it: an alert is never pale
override alert_string: f32;       // half width of the string between beads, in that of a bead
override ghostly: bool = false;   // whether any artery stands in no record; most scenes have none, and pay nothing for it
override ghost_pitch: f32;        // scene units from dash to dash of an artery that stands in no record
override ghost_dash: f32;         // share of it that the dash takes
override ghost_alpha: f32;        // least alpha of its thread
override ghost_least: f32;        // least half width, in that of the thickest thread
override ghost_fog: f32;          // how much of the fog hides its thread
override ghost_depth: f32;        // share of the depths that all of them lie in, before what is recorded
