function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** The parts of SOURCE_DATE_EPOCH in UTC, as zero-padded text. */
export function epochParts(epochSeconds: number) {
  const date = new Date(epochSeconds * 1000);
  return {
    year: pad(date.getUTCFullYear(), 4),
    month: pad(date.getUTCMonth() + 1),
    day: pad(date.getUTCDate()),
    hour: pad(date.getUTCHours()),
    minute: pad(date.getUTCMinutes()),
    second: pad(date.getUTCSeconds()),
  };
}

/** `20250505-1200` with a colon: `20250505-12:00`, live-build's stamp in names. */
export function shortStamp(epochSeconds: number): string {
  const { year, month, day, hour, minute } = epochParts(epochSeconds);
  return `${year}${month}${day}-${hour}:${minute}`;
}

/** `YYYYMMDDhhmmsscc`, ISO 9660's own form. */
export function isoStamp(epochSeconds: number): string {
  return `${Object.values(epochParts(epochSeconds)).join('')}00`;
}

/** `Mon, 05 May 2025 12:00:00 +0000`, as `date -R`. */
export function mailStamp(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
}
