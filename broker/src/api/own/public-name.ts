/**
 * The name of a source or packet without the folders of this machine, which are nobody's business:
 * `/data/night/ztf.tar.gz!1/2.avro` becomes `ztf.tar.gz!1/2.avro`. Other names are left as they are.
 */
export function publicName(name: string): string {
  return name.slice(folderOf(name).length);
}

/** A message about something of that name, in which its folders may stand. */
export function publicMessage(message: string, name: string): string {
  const folder = folderOf(name);
  const rest = folder === '' ? message : message.replaceAll(folder, '');
  return rest.replace(/(^|[\s"'(:])(?:\/[^\s/!"']+)+\/(?=[^\s/])/g, '$1');
}

/** The folders at the begin of a name, up to what is before the member of an archive; empty where there are none. */
function folderOf(name: string): string {
  if (!/^(\/|[A-Za-z]:[\\/])/.test(name)) return '';
  const archive = name.split('!', 1)[0]!;
  return archive.slice(0, Math.max(archive.lastIndexOf('/'), archive.lastIndexOf('\\')) + 1);
}
