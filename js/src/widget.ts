/** The anywidget front: one feed for each model and page, one view for each cell that shows it. */
export default {};
