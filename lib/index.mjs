// The same exports for `import`.
import connectHiredis from './index.js';

export const { RedisStore, createClient } = /** @type {any} */ (connectHiredis);
export default connectHiredis;
