const { promise, reject } = Promise.withResolvers<never>();
promise.catch(() => {});

/** Rejected once the bench cannot go on: a program that it started has ended by itself, or somebody stopped it. */
export const brokenOff = promise;
export const breakOff = (why: string): void => reject(new Error(why));
