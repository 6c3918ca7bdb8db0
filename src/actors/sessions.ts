/** The token of the live session: set by enrolling, used by the calls that a session makes. Never in a machine. */
export interface Sessions {
  token: string;
}
export const createSessions = (): Sessions => ({ token: '' });
