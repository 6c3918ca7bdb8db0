/** A machine's state as text (`active.running`, parallel ones joined by commas) → the states that are lit, and their parents. */
export const toLitStates = (state: string): { lit: Set<string>; within: Set<string> } => {
  const lit = new Set(
    state
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== ''),
  );
  const within = new Set<string>();
  for (const path of lit) {
    for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) within.add(path.slice(0, dot));
  }
  return { lit, within };
};
