/** A small page of our own, for when the UI cannot be shown. `body` is trusted markup. */
export const toPage = (title: string, body: string, head = ''): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${head}<title>${title} · Signalbox</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1rem }</style>
<h1>${title}</h1>
<p>${body}</p>
`;

/** For visitors without a session. */
export const SIGN_IN_PAGE = toPage(
  'Please sign in',
  'This control plane is open to browsers that came by a sign-in link, and <code>signalbox up</code> prints one when it starts. ' +
    'A link is good for ten minutes and for one browser.',
);
