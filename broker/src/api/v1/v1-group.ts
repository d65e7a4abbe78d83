import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';

/** Routes of the group. */
export function v1Group(_context: ApiContext): RouteGroup {
  return { prefix: '/v1', name: 'API v1', routes: [] };
}
