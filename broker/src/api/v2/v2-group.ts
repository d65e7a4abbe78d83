import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';

/** Routes of the group. */
export function v2Group(_context: ApiContext): RouteGroup {
  return { prefix: '/v2', name: 'API v2', routes: [] };
}
