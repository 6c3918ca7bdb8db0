/** Addresses of the committed pictures by machine; each is fetched only when it is shown. */
const files = import.meta.glob<string>('../statecharts/*.svg', { query: '?url', import: 'default', eager: true });

const addresses = new Map(
  Object.entries(files).map(([path, address]) => [path.slice(path.lastIndexOf('/') + 1, -'.svg'.length), address]),
);
const loaded = new Map<string, Promise<SVGElement>>();

const load = async (address: string): Promise<SVGElement> => {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`The picture answered ${reply.status}.`);
  // Its own style is for standing alone; the page has the same classes, and its policy allows no inline style sheet.
  const text = (await reply.text()).replace(/<style>.*?<\/style>/s, '');
  const picture = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  if (!(picture instanceof SVGElement)) throw new Error('The picture is not an SVG.');
  return picture;
};

/** A fresh copy of a machine's picture; null when there is none. */
export const getPicture = async (machine: string): Promise<SVGElement | null> => {
  const address = addresses.get(machine);
  if (address === undefined) return null;
  const picture = loaded.get(machine) ?? load(address);
  loaded.set(machine, picture);
  try {
    return document.importNode(await picture, true);
  } catch (error) {
    loaded.delete(machine);
    throw error;
  }
};
