import { channelName } from './types.ts';

/** How much of a check's output is kept: the end, where the reason stands. */
export const keptOutputBytes = 64 * 1024;

/**
 * The guest's end of the channel, in POSIX sh. It takes `run ID SECONDS`, the lines of a file in base64, and a line with
 * a dot; it runs the file and answers `@ID CODE SIZE LENGTH BASE64@` with the end of its output.
 *
 * The port is looked up by its name: the link in /dev/virtio-ports needs udev's rules. Its file is opened once, because
 * a port refuses a second opener. `timeout` ends the whole process group, so nothing that a check started stays behind.
 */
export function receiverScript(environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}='${shellSafe(value)}'`);
  return `${[
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH; HOME=/root; export HOME',
    ...variables,
    'port=; tries=0',
    'while [ -z "$port" ] && [ $tries -lt 20 ]; do',
    '  for d in /sys/class/virtio-ports/*; do',
    `    [ "$(cat "$d/name" 2>/dev/null)" = ${channelName} ] && port=/dev/\${d##*/}`,
    '  done',
    '  [ -n "$port" ] || { modprobe virtio_console; sleep 1; tries=$((tries + 1)); }',
    'done',
    'work=$(mktemp -d) && exec 3<>"$port" || exit 1',
    'echo "ready $(id -u)" >&3',
    'while read -r word id limit <&3; do',
    '  [ "$word" = run ] || continue',
    '  : >"$work/text"',
    '  while read -r line <&3 && [ "$line" != . ]; do echo "$line" >>"$work/text"; done',
    '  base64 -d <"$work/text" >"$work/$id"; chmod 755 "$work/$id"',
    '  cd /; timeout -k 5 "$limit" "$work/$id" >"$work/out" 2>&1 </dev/null 3>&-',
    '  code=$?',
    '  size=$(wc -c <"$work/out")',
    `  text=$(tail -c ${keptOutputBytes} "$work/out" | base64 -w 0)`,
    `  echo "@$id $code $size \${#text} $text@" >&3`,
    'done',
  ].join('\n')}\n`;
}

function shellSafe(value: string): string {
  return value.replaceAll("'", `'\\''`);
}
