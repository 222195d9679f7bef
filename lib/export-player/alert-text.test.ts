import { expect, test } from 'vitest';
import type { ExportedAlert } from '@/lib/protocol/exported-file';
import { alertText } from './alert-text';

const alert: ExportedAlert = {
  kind: 'rule',
  state: 'firing',
  severity: 'critical',
  name: 'CPU is busy',
  ruleId: 'cpu-busy',
  metric: 'cpu.totalPercent',
  value: 97.3,
  threshold: 90,
  since: 1,
  message: 'CPU in use is 97 %',
  condition: { comparison: 'above', forSeconds: 60, reason: 'value', flapping: false },
  culprits: [],
};

test('in English as the log says it, in Chinese by the rule, else as the log says it', () => {
  expect(alertText(alert, 'en')).toBe('CPU in use is 97 %');
  expect(alertText(alert, 'zh')).toBe('CPU 使用率为 97.3\u202f%，高于 90\u202f%');
  expect(alertText({ ...alert, state: 'resolved' }, 'zh')).toBe('CPU 使用率已恢复正常');
  expect(alertText({ ...alert, metric: 'pressure.io.somePercent' }, 'zh')).toContain(
    '磁盘压力：部分等待为 97.3',
  );
  expect(alertText({ ...alert, metric: 'network.eth0.rxBytesPerSecond' }, 'zh')).toContain(
    'eth0：接收速率为',
  );
  expect(alertText({ ...alert, condition: null }, 'zh')).toBe('CPU in use is 97 %');
});
