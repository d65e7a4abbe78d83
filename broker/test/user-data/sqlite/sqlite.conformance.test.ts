import { join } from 'node:path';
import { describe, it } from 'vitest';
import { userDataConformance } from '../../../src/user-data/conformance.ts';
import { openSqliteUserData } from '../../../src/user-data/sqlite/sqlite-user-data.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

userDataConformance({ describe, it }, 'SQLite', async () => {
  const { path, dispose } = await temporaryFolder();
  return {
    open: (now) => openSqliteUserData({ file: join(path, 'users.sqlite'), now }),
    remove: dispose,
  };
});
