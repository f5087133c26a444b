/** How JupyterLab's half tells the widgets of a page that a kernel has gone; which of them it was, each finds out by asking. */
export const KERNEL_GONE = "archivit-kernel-gone";
