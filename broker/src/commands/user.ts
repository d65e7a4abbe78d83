import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { openUserData } from '../backends.ts';
import type { Config } from '../config/config.ts';
import { AntaresError } from '../model/errors.ts';
import type { User, UserChanges, UserRole } from '../user-data/accounts.ts';
import { createAccount, newPassword } from '../user-data/new-account.ts';
import { MAX_PAGE_SIZE } from '../user-data/page.ts';
import { hashPassword } from '../user-data/password-hash.ts';
import type { UserData } from '../user-data/user-data.ts';
import { configOf, oneOf, type StoreOptions, withStoreOptions } from './common-options.ts';
import { writeError, writeLine, writeLines } from './output.ts';
import { readPassword } from './read-password.ts';

const toRole = oneOf('ordinary', 'staff', 'admin');

interface AddOptions extends StoreOptions {
  readonly role: UserRole;
  readonly name?: string;
  readonly email?: string;
}

/** `antares user add|list|set-role|disable|enable|reset-password`: accounts, also of a broker that runs. */
export function registerUser(program: Command): void {
  const command = program
    .command('user')
    .description('accounts: make the first admin, list users, change roles, disable, reset passwords');
  withStoreOptions(
    command
      .command('add <username>')
      .description('make an account; the password is asked for, or is the first line of standard input'),
  )
    .option('--role <role>', 'ordinary, staff or admin', toRole, 'ordinary')
    .option('--name <name>', 'name for people')
    .option('--email <address>', 'address for mail')
    .addHelpText('after', '\nExample:\n  antares user add vera --role admin --name "Vera Rubin"')
    .action(async (username: string, options: AddOptions) => {
      const { role, name, email } = options;
      await withUsers(configOf(options), async (users) => {
        const password = await readPassword(`Password of ${username}`);
        const user = await createAccount(users.accounts, { username, name, email, role, password });
        writeError(`${user.username}: ${user.role}`);
      });
    });
  withStoreOptions(command.command('list').description('all accounts, in the order in which they were made'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  antares user list --json')
    .action(async (options: StoreOptions & { readonly json?: boolean }) => {
      await withKnownUsers(options, async (users) => {
        if (options.json === true) {
          const list: object[] = [];
          for await (const user of allUsers(users)) list.push(listEntry(user));
          await writeLine(JSON.stringify(list));
        } else {
          await writeLines(listLines(users));
        }
      });
    });
  withStoreOptions(
    command
      .command('set-role')
      .description('what a user may do')
      .argument('<username>')
      .argument('<role>', 'ordinary, staff or admin', toRole),
  )
    .addHelpText('after', '\nExample:\n  antares user set-role vera staff')
    .action((username: string, role: UserRole, options: StoreOptions) => change(options, username, { role }));
  withStoreOptions(
    command.command('disable <username>').description('no more signing in; sessions end, tokens are revoked, at once'),
  )
    .addHelpText('after', '\nExample:\n  antares user disable vera')
    .action((username: string, options: StoreOptions) => change(options, username, { isDisabled: true }));
  withStoreOptions(command.command('enable <username>').description('signing in works again'))
    .addHelpText('after', '\nExample:\n  antares user enable vera')
    .action((username: string, options: StoreOptions) => change(options, username, { isDisabled: false }));
  withStoreOptions(
    command
      .command('reset-password <username>')
      .description(
        'a new password, asked for or in the first line of standard input; sessions end, tokens are revoked',
      ),
  )
    .addHelpText('after', '\nExample:\n  antares user reset-password vera')
    .action(async (username: string, options: StoreOptions) => {
      await withKnownUsers(options, async (users) => {
        const user = await getUser(users, username);
        const password = newPassword(await readPassword(`New password of ${user.username}`), user.username);
        await users.accounts.change(user.id, { password: { hash: await hashPassword(password), keepTokens: false } });
      });
    });
}

async function change(options: StoreOptions, username: string, changes: UserChanges): Promise<void> {
  await withKnownUsers(options, async (users) => {
    const { id } = await getUser(users, username);
    await users.accounts.change(id, changes);
  });
}

async function getUser(users: UserData, username: string): Promise<User> {
  const user = await users.accounts.findByName(username);
  if (user === undefined) {
    throw new AntaresError('USER_UNKNOWN', `there is no user ${username}; \`antares user list\` lists all`);
  }
  return user;
}

async function* allUsers(users: UserData): AsyncGenerator<User> {
  let cursor: string | undefined;
  do {
    const page = await users.accounts.list({ limit: MAX_PAGE_SIZE, cursor });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== undefined);
}

async function* listLines(users: UserData): AsyncGenerator<string> {
  for await (const { username, role, isDisabled, name, email } of allUsers(users)) {
    yield `${username}\t${role}\t${isDisabled ? 'disabled' : 'active'}\t${name}\t${email ?? ''}`;
  }
}

/** The keys of `list --json`: an interface. */
function listEntry(user: User): object {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    email: user.email,
    role: user.role,
    disabled: user.isDisabled,
    created_at: new Date(user.createdAtMs).toISOString(),
    last_sign_in_at: user.lastSignInAtMs === undefined ? undefined : new Date(user.lastSignInAtMs).toISOString(),
  };
}

/** Refuses to look for users in a folder that is not there, instead of making one. @throws USER_DATA_MISSING */
async function withKnownUsers(options: StoreOptions, use: (users: UserData) => Promise<void>): Promise<void> {
  const config = configOf(options);
  if (!existsSync(config.data)) {
    throw new AntaresError('USER_DATA_MISSING', `there is no folder ${config.data}; name one with --data`);
  }
  await withUsers(config, use);
}

async function withUsers(config: Config, use: (users: UserData) => Promise<void>): Promise<void> {
  const users = await openUserData(config);
  try {
    await use(users);
  } finally {
    await users.close();
  }
}
