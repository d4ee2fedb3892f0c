// What lib/native.js requires: the addon, wherever it was built.

declare module '*.node' {
  const binding: typeof import('./binding');
  export = binding;
}
