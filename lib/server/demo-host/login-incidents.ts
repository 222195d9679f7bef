import type { LoginSession } from './incident';
import { ioRatesOf } from './io-rates';
import type { IncidentContext, IncidentKind } from './schedule';
import { gibibyte } from './service';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

const shellRates = ioRatesOf({ networkIn: 0.001, networkOut: 0.004 });
const attackRates = ioRatesOf({ networkIn: 0.09, networkOut: 0.12, nvmeWrite: 0.4 });

/** An ordinary SSH session. */
export const sshSession: IncidentKind = {
  name: 'visit',
  slotMs: 75 * minuteMs,
  chance: 0.7,
  startMs: [0, 40 * minuteMs],
  lengthMs: [2 * minuteMs, 33 * minuteMs],
  effects({ startMs, endMs, oneOf, job }) {
    const [user, from] = oneOf<readonly [string, string]>(1, [
      ['ada', '192.168.1.23'],
      ['ada', '192.168.1.23'],
      ['grace', '192.168.1.40'],
      ['ada', 'fd12:9a4e:77::23'],
    ]);
    return { logins: [{ startMs, endMs, user, terminal: 'pts/0', from }], jobs: [shellJob(user, job)] };
  },
};

/** Password guessing for minutes; at the end a few short logins succeed. */
export const passwordAttack: IncidentKind = {
  name: 'attack',
  slotMs: 12 * hourMs,
  chance: 0.75,
  startMs: [0, 11 * hourMs],
  lengthMs: [5 * minuteMs, 14 * minuteMs],
  effects({ endMs, between, oneOf, draw, job }) {
    const user = oneOf(1, ['backup', 'pi', 'git']);
    const logins: LoginSession[] = [];
    for (let nth = 0; nth < 4; nth++) {
      const startMs = Math.round(endMs - (4 - nth) * 40 * secondMs + between(10 + nth, 0, 15_000));
      const from = `203.0.113.${1 + Math.floor(draw(20 + nth) * 254)}`;
      const lengthMs = Math.round(between(30 + nth, 2_000, 20_000));
      logins.push({ startMs, endMs: startMs + lengthMs, user, terminal: 'pts/1', from });
    }
    return {
      logins,
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
          ioRates: attackRates,
        }),
      ],
    };
  },
};

function shellJob(user: string, job: IncidentContext['job']) {
  return job({
    name: 'bash',
    user,
    service: null,
    command: '-bash',
    cores: 0.02,
    systemShare: 0.4,
    isNice: false,
    memoryBytes: 0.009 * gibibyte,
    ioRates: shellRates,
  });
}
