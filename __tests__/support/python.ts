/**
 * An option of Python for programs that need the standard library only. Python then looks for no other packages, and
 * starts several times as fast.
 */
export const STANDARD_LIBRARY_ONLY = "-S";
