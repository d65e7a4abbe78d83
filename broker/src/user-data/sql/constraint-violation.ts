/**
 * A row that the database refused because of another one: adapters turn their driver's error into this, and the tables
 * turn it into an error that says which name is taken or who is missing.
 */
export class ConstraintViolation extends Error {
  override readonly name = 'ConstraintViolation';
  /** `unique`: there is such a row already. `foreign-key`: what it refers to is not there. */
  readonly kind: 'unique' | 'foreign-key';

  constructor(kind: 'unique' | 'foreign-key', cause: unknown) {
    super(`the database refused a row: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** Runs a change; turns a refusal of the database into an error that `explain` makes of it. */
export async function explainingRefusal<T>(
  run: () => Promise<T>,
  explain: Partial<Record<ConstraintViolation['kind'], () => Error>>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const explained = error instanceof ConstraintViolation ? explain[error.kind]?.() : undefined;
    throw explained ?? error;
  }
}
