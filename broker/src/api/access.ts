/** What a person may do. Each role may do what those before it may. */
export const ROLES = ['ordinary', 'staff', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a program may do with a token, on behalf of its owner. A session in a browser may do all that its owner may. */
export const SCOPES = ['read', 'write', 'filters', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * Who may call a route: anyone, or a user of at least some role whose token, if she came with one, has a scope.
 *
 * A route without it does not start: what nobody thought about is closed.
 */
export type Access = 'anyone' | { readonly role: Role; readonly scope: Scope };

/** Who is calling. */
export interface Caller {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  /** Scopes of her token; undefined for a session in a browser. */
  readonly scopes: readonly Scope[] | undefined;
}

/** Whether a caller may. Undefined: nobody signed in. */
export function isAllowed(access: Access, caller: Caller | undefined): boolean {
  if (access === 'anyone') return true;
  if (caller === undefined || ROLES.indexOf(caller.role) < ROLES.indexOf(access.role)) return false;
  return caller.scopes === undefined || caller.scopes.includes(access.scope);
}

/** A rule in words, for the list of routes and its documentation. */
export function accessInWords(access: Access): string {
  return access === 'anyone' ? 'anyone' : `${access.role} (scope ${access.scope})`;
}
