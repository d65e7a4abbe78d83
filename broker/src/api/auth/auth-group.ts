import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';

/** Routes of the group. */
export function authGroup(_context: ApiContext): RouteGroup {
  return { prefix: '/api', name: 'Users', routes: [] };
}
