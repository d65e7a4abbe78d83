import { Type } from 'typebox';
import type { User } from '../../user-data/accounts.ts';
import type { WireValue } from '../json-text.ts';

/** Never kept by a cache: what is about a user is for her alone. */
export const NO_STORE = { 'cache-control': 'no-store' } as const;

/** A user as she and admins see her. */
export const UserWire = Type.Object({
  id: Type.String({ format: 'uuid' }),
  username: Type.String(),
  name: Type.String(),
  email: Type.Optional(Type.String()),
  role: Type.String(),
  disabled: Type.Boolean(),
  revision: Type.Integer({ description: 'Send it with a change to make sure that nobody changed it meanwhile' }),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
  last_sign_in_at: Type.Optional(Type.String({ format: 'date-time' })),
});

/** Writes a user. */
export function toUserWire(user: User): WireValue {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    email: user.email,
    role: user.role,
    disabled: user.isDisabled,
    revision: user.revision,
    created_at: toIsoTime(user.createdAtMs),
    updated_at: toIsoTime(user.updatedAtMs),
    last_sign_in_at: user.lastSignInAtMs === undefined ? undefined : toIsoTime(user.lastSignInAtMs),
  };
}

/** Unix time [ms] as ISO 8601, UTC. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}
