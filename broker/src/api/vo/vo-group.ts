import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';

/** Routes of the group. */
export function voGroup(_context: ApiContext): RouteGroup {
  return { prefix: '/vo', name: 'Virtual Observatory', routes: [] };
}
