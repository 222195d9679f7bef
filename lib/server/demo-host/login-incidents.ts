import type { Visit } from './incident';
import { flowsOf } from './io-rates';
import type { Happening, IncidentKind } from './schedule';
import { gibibyte } from './service';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

const shellFlows = flowsOf({ networkIn: 0.001, networkOut: 0.004 });
const attackFlows = flowsOf({ networkIn: 0.09, networkOut: 0.12, nvmeWrite: 0.4 });

/** Somebody logs in over SSH, as one does. */
export const visit: IncidentKind = {
  name: 'visit',
  slotMs: 75 * minuteMs,
  chance: 0.7,
  startMs: [0, 40 * minuteMs],
  lengthMs: [2 * minuteMs, 33 * minuteMs],
  happen({ startMs, endMs, oneOf, job }) {
    const [user, from] = oneOf<readonly [string, string]>(1, [
      ['ada', '192.168.1.23'],
      ['ada', '192.168.1.23'],
      ['grace', '192.168.1.40'],
      ['ada', 'fd12:9a4e:77::23'],
    ]);
    return { visits: [{ startMs, endMs, user, terminal: 'pts/0', from }], jobs: [shellJob(user, job)] };
  },
};

/** Passwords are tried for minutes; in the end a few of them let somebody in for seconds. */
export const attack: IncidentKind = {
  name: 'attack',
  slotMs: 12 * hourMs,
  chance: 0.75,
  startMs: [0, 11 * hourMs],
  lengthMs: [5 * minuteMs, 14 * minuteMs],
  happen({ endMs, between, oneOf, draw, job }) {
    const user = oneOf(1, ['backup', 'pi', 'git']);
    const visits: Visit[] = [];
    for (let nth = 0; nth < 4; nth++) {
      const startMs = Math.round(endMs - (4 - nth) * 40 * secondMs + between(10 + nth, 0, 15_000));
      const from = `203.0.113.${1 + Math.floor(draw(20 + nth) * 254)}`;
      const lengthMs = Math.round(between(30 + nth, 2_000, 20_000));
      visits.push({ startMs, endMs: startMs + lengthMs, user, terminal: 'pts/1', from });
    }
    return {
      visits,
      jobs: [
        job({
          name: 'sshd',
          user: 'root',
          service: null,
          command: `sshd: ${user} [priv]`,
          cores: 0.75,
          systemShare: 0.3,
          isNice: false,
          memoryBytes: 0.06 * gibibyte,
          flows: attackFlows,
        }),
      ],
    };
  },
};

function shellJob(user: string, job: Happening['job']) {
  return job({
    name: 'bash',
    user,
    service: null,
    command: '-bash',
    cores: 0.02,
    systemShare: 0.4,
    isNice: false,
    memoryBytes: 0.009 * gibibyte,
    flows: shellFlows,
  });
}
