import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';
import { announcementRoutes } from './announcement-routes.ts';
import { meRoutes } from './me-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { SignInThrottle } from './sign-in-throttle.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Users: signing in, one's account, tokens, administration, announcements. */
export function authGroup(context: ApiContext): RouteGroup {
  const throttle = new SignInThrottle();
  return {
    prefix: '/api',
    name: 'Users',
    routes: [
      ...sessionRoutes(context, throttle),
      ...meRoutes(context, throttle),
      ...tokenRoutes(context),
      ...userRoutes(context),
      ...announcementRoutes(context),
    ],
  };
}
