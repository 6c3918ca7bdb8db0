/** One at a time, in the order asked: a fault that has hold of a process, and the others that wait until it is whole again. */
export const createExclusively = (): (<T>(act: () => Promise<T>) => Promise<T>) => {
  let queue: Promise<unknown> = Promise.resolve();
  return (act) => {
    const done = queue.then(act);
    queue = done.catch(() => {});
    return done;
  };
};
