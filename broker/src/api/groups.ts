import type { ApiContext } from './api-context.ts';
import { authGroup } from './auth/auth-group.ts';
import { ownGroups } from './own/own-groups.ts';
import type { RouteGroup } from './route.ts';
import { v1Group } from './v1/v1-group.ts';
import { v2Group } from './v2/v2-group.ts';
import { voGroup } from './vo/vo-group.ts';

/** All routes there are, by group: the list from which server, documentation and the table of who may call what are made. */
export function groups(context: ApiContext): readonly RouteGroup[] {
  return [v1Group(context), v2Group(context), voGroup(context), authGroup(context), ...ownGroups(context)];
}
