/**
 * The form of a name by which it is compared: two names with the same form are the same name.
 *
 * NFKC makes one of characters that only look different in bytes (full width, ligatures); to lower case, up and back folds what
 * has several lower-case forms (ß, ẞ and ss, ς and σ, ı and i), which plain lower-casing would keep apart.
 */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
