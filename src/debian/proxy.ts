/**
 * Chooses the proxy of a URL: the given one if any, else the variables that curl and apt know (`http_proxy`,
 * `https_proxy`, `all_proxy`; lower case first), except for hosts in `no_proxy` and this machine itself.
 */
export function createProxyChooser(
  proxy: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): (url: URL) => string | undefined {
  const variable = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const exceptions = (variable('no_proxy') ?? '').split(/[\s,]+/).filter(Boolean);
  return (url) => {
    const scheme = url.protocol.slice(0, -1);
    const chosen = proxy || variable(`${scheme}_proxy`) || variable('all_proxy');
    // apt.conf(5): the word DIRECT means no proxy.
    if (!chosen || chosen === 'DIRECT' || exceptions.some((exception) => matches(exception, url))) return undefined;
    return chosen.includes('://') ? chosen : `http://${chosen}`;
  };
}

/** `*`, a host, a domain with or without a leading dot, each with an optional port. */
function matches(exception: string, url: URL): boolean {
  if (exception === '*') return true;
  const [, name = '', port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(exception.toLowerCase()) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  return name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`));
}
