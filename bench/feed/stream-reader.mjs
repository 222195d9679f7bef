/**
 * Reads one client's answer, whatever the borders of its reads are: the HTTP head, the chunks if it has any, and
 * of the events what is counted.
 */
export function openStreamReader() {
  let phase = 'head';
  /** Of HTTP, what cannot be read before more of it comes. */
  let raw = '';
  /** The beginning of an event. */
  let unfinished = '';
  let chunkLeft = 0;
  let status = 0;

  /** Each takes from `raw` at `at` and returns where it stopped; the same place where it needs more. */
  const phases = {
    head(at) {
      const end = raw.indexOf('\r\n\r\n', at);
      if (end === -1) return at;
      const head = raw.slice(at, end);
      status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
      phase = /^transfer-encoding: *chunked/im.test(head) ? 'size' : 'plain';
      return end + 4;
    },
    size(at) {
      const end = raw.indexOf('\r\n', at);
      if (end === -1) return at;
      // The line after a chunk's data is empty.
      if (end > at) {
        chunkLeft = Number.parseInt(raw.slice(at, end), 16);
        phase = chunkLeft > 0 ? 'chunk' : 'ended';
      }
      return end + 2;
    },
    chunk(at) {
      const end = Math.min(raw.length, at + chunkLeft);
      chunkLeft -= end - at;
      unfinished += raw.slice(at, end);
      if (chunkLeft === 0) phase = 'size';
      return end;
    },
    plain(at) {
      unfinished += raw.slice(at);
      return raw.length;
    },
    ended: () => raw.length,
  };

  function finished() {
    const end = unfinished.lastIndexOf('\n\n');
    if (end === -1) return [];
    const events = eventsIn(unfinished.slice(0, end));
    unfinished = unfinished.slice(end + 2);
    return events;
  }

  return {
    /** The answer's status; 0 before its head has come. */
    get status() {
      return status;
    },
    /** True after the last chunk; an answer without chunks ends with its connection. */
    get isEnded() {
      return phase === 'ended';
    },
    /** True between two events and two chunks: then the same bytes mean the same events to every client. */
    get isBetween() {
      return raw === '' && unfinished === '' && (phase === 'size' || phase === 'plain');
    },
    /** @param {string} text Latin-1, so that a character is a byte. */
    read(text) {
      raw += text;
      let at = 0;
      while (at < raw.length) {
        const next = phases[phase](at);
        if (next === at) break;
        at = next;
      }
      raw = raw.slice(at);
      return finished();
    },
  };
}

/** The events of a text that have a position and a stamp, and the announced gaps. */
function eventsIn(text) {
  return text.split('\n\n').flatMap((block) => {
    if (/^event: ?gap$/m.test(block)) return { isGap: true, id: '', position: 0, t: 0 };
    const id = /^id: ?(.+)$/m.exec(block)?.[1];
    const t = /"t":(\d+)/.exec(block)?.[1];
    return id && t ? { isGap: false, id, position: positionOf(id), t: Number(t) } : [];
  });
}

/** Hostbeat's ids are `log-7`, nchan's `1795386155:0` (second and place in it), the others' a number. */
export function positionOf(id) {
  const [whole = '', place = '0'] = id.slice(id.lastIndexOf('-') + 1).split(':');
  return Number(whole) + Number(place) / 1000;
}
