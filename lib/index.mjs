// The same exports for `import`.
import connectHiredis from './index.js';

export const { RedisStore, createClient } = connectHiredis;
export default connectHiredis;
