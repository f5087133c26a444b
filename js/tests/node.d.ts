// The little of Node that tests use; its whole types are not worth a dependency.
declare module "node:fs" {
  export function readFileSync(path: URL): Uint8Array;
}
declare const process: {
  on(event: "unhandledRejection", call: (reason: unknown) => void): void;
  off(event: "unhandledRejection", call: (reason: unknown) => void): void;
};
