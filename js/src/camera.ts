/** An orbit camera. The kernel's still pictures use the same numbers (`widgets/static.py`). */

export interface Camera {
  /** Radians round the vertical axis; 0 looks along -z. */
  yaw: number;
  /** Radians above the horizon. */
  pitch: number;
  distance: number;
  target: [number, number, number];
}
