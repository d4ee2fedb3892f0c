// The same exports for `import`.
import connectHiredis from './index.js';

const exported = /** @type {any} */ (connectHiredis);

function storeClass() {
  try {
    return exported.RedisStore;
  } catch (error) {
    // Without express-session, which users of another middleware need not have: whoever wants
    // this class is told.
    return class RedisStore {
      constructor() {
        throw error;
      }
    };
  }
}

export const RedisStore = storeClass();
export const { createClient } = exported;
export default connectHiredis;
