import { connect } from 'node:net';
import { openStreamReader } from './stream-reader.mjs';

/** Answers that are waited for at once: below the backlog of a Node.js server, 511, so that no SYN is dropped. */
const inFlightMax = 256;
const acceptWithinMs = 180_000;
const latencyMsMax = 60_000;

/**
 * Many clients of one feed in this process, on raw sockets. They share one buffer, as each read is over before the
 * next begins, and the events that were read last: mostly all get the same bytes, which are parsed once.
 * @param {{ url: string, path?: string, clients: number, head?: string, atOnce?: number }} options
 */
export async function openCrowd({ url, path = '/', clients, head = '', atOnce = inFlightMax }) {
  const { hostname, port, host } = new URL(url);
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n${head}\r\n`;
  const shared = Buffer.allocUnsafe(64 * 1024);
  const last = { bytes: Buffer.alloc(0), events: [] };
  const members = [];
  const latencies = new Uint32Array(latencyMsMax + 1);
  /** Stamps by position, of all events that any client got. */
  const known = new Map();
  const span = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const seen = {
    received: 0,
    bytes: 0,
    doubled: 0,
    gaps: 0,
    ended: 0,
    newest: { id: '', position: 0, t: 0 },
  };
  let isOpen = true;

  function eventsOf(reader, length) {
    if (reader.isBetween && length === last.bytes.length && last.bytes.compare(shared, 0, length) === 0) {
      return last.events;
    }
    const wasBetween = reader.isBetween;
    const events = reader.read(shared.latin1Slice(0, length));
    for (const { isGap, position, t } of events) if (!isGap) known.set(position, t);
    if (wasBetween && reader.isBetween) {
      last.bytes = Buffer.from(shared.subarray(0, length));
      last.events = events;
    }
    return events;
  }

  function count(member, events) {
    const now = Date.now();
    for (const event of events) {
      const { isGap, position, t } = event;
      if (isGap) {
        seen.gaps += 1;
        continue;
      }
      seen.received += 1;
      if (position <= member.position) {
        // Not counted, or it would make up for one that is missing.
        seen.doubled += 1;
        continue;
      }
      member.received += 1;
      member.position = position;
      if (position > seen.newest.position) seen.newest = event;
      if (t < span.from || t >= span.to) continue;
      member.counted += 1;
      const late = Math.max(0, now - t);
      latencies[late < latencyMsMax ? late : latencyMsMax] += 1;
    }
  }

  function join(onAccepted, onRefused) {
    const reader = openStreamReader();
    const member = { position: 0, received: 0, counted: 0, socket: null };
    let isAccepted = false;
    const callback = (length) => {
      seen.bytes += length;
      const events = eventsOf(reader, length);
      if (!isAccepted && reader.status > 0) {
        isAccepted = true;
        if (reader.status === 200) onAccepted();
        else onRefused(new Error(`${url}${path} answers ${reader.status}`));
      }
      if (events.length > 0) count(member, events);
      if (reader.isEnded) member.socket.destroy();
      return true;
    };
    member.socket = connect({ host: hostname, port: Number(port), onread: { buffer: shared, callback } });
    member.socket.once('error', onRefused);
    member.socket.once('close', () => {
      if (!isOpen) return;
      seen.ended += 1;
      onRefused(new Error(`${url}${path} closed a stream`));
    });
    member.socket.write(request);
    members.push(member);
  }

  function close() {
    isOpen = false;
    // Reset, since thousands of sockets in TIME_WAIT would use up the ports of the next crowd.
    for (const { socket } of members) socket.resetAndDestroy();
  }

  const startedAt = performance.now();
  await new Promise((resolve, reject) => {
    let accepted = 0;
    const late = setTimeout(() => {
      refuse(new Error(`${accepted} of ${clients} clients were accepted in ${acceptWithinMs / 1000} s`));
    }, acceptWithinMs);
    const accept = () => {
      accepted += 1;
      if (members.length < clients) join(accept, refuse);
      if (accepted < clients) return;
      clearTimeout(late);
      resolve();
    };
    const refuse = (error) => {
      clearTimeout(late);
      if (isOpen && accepted < clients) close();
      reject(error);
    };
    for (let waiting = 0; waiting < Math.min(clients, atOnce); waiting += 1) join(accept, refuse);
  });
  const acceptSeconds = (performance.now() - startedAt) / 1000;

  return {
    acceptSeconds,
    members,
    /** As of now. `doubled`: positions that did not rise; `gaps`: announced ones; `ended`: streams. */
    seen,
    close,
    /** From now on, events stamped within are counted: Unix ms, the end not within. */
    observe(from, to) {
      Object.assign(span, { from, to });
    },
    /** The events of the span that anybody got: their stamps, in their order. */
    stamps() {
      const inSpan = [...known].filter(([, t]) => t >= span.from && t < span.to);
      return inSpan.sort(([a], [b]) => a - b).map(([, t]) => t);
    },
    /** Latency that so many percent of the span's events did not exceed, in ms. */
    latencyMs(percent) {
      const all = latencies.reduce((sum, events) => sum + events, 0);
      let passed = 0;
      const at = latencies.findIndex((events) => {
        passed += events;
        return passed > 0 && passed >= (all * percent) / 100;
      });
      return at === -1 ? Number.NaN : at;
    },
  };
}
