/** Stands where cdktf and constructs have a module that notes where a token was made; nothing here reads the note. */
export function captureStackTrace(): string[] {
  return [];
}
