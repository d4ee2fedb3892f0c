// What this application keeps in a session, for TypeScript and for editors.

import 'express-session';

declare module 'express-session' {
  interface SessionData {
    /** Name of the visitor who logged in. */
    user: string;
    /** When that was, in milliseconds since 1970. */
    since: number;
    /** How often the page was looked at since. */
    visits: number;
    /** How many slow requests have come to their end. */
    slow?: number;
  }
}
