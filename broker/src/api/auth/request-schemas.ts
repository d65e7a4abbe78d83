import { Type } from 'typebox';
import { MAX_PAGE_SIZE } from '../../user-data/page.ts';

/** A user name as it is typed; what it may be is checked when one is made. */
export const UsernameField = Type.String({ minLength: 1, maxLength: 200 });
/** A password as it is typed. */
export const PasswordField = Type.String({ minLength: 1, maxLength: 1024, description: '12 to 256 characters' });
/** Name for people. */
export const NameField = Type.String({ maxLength: 400 });
/** Address for mail; empty takes it out. */
export const EmailField = Type.String({ maxLength: 254, description: 'Empty takes it out' });
/** Roles. */
export const RoleField = Type.Union([Type.Literal('ordinary'), Type.Literal('staff'), Type.Literal('admin')]);
/** The revision that a change was made from. */
export const RevisionField = Type.Integer({
  minimum: 1,
  description: 'The revision that was seen: the change fails when there is a newer one',
});
/** An id in the address. */
export const IdParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) });
/** Which page of a list. */
export const PageQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before' })),
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE, default: 100 }),
  },
  { additionalProperties: false },
);
