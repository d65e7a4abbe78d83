/** A query of the language, checked. */
export type Query = { readonly clause: 'match_all' };
