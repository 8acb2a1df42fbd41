/** Where randomness comes from. */

/**
 * A source of unpredictable bytes. Only tests give another than the system's.
 * @typedef {{ bytes(count: number): Uint8Array }} Entropy
 */

/** The operating system's generator. @type {Entropy} */
export const systemEntropy = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
