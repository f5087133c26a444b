/** Stands in for the real wake.js, which the extension looks for beside itself. */
export const wake = () => globalThis.wakeInTest();
