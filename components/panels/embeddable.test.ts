import { expect, test } from 'vitest';
import { embeddableNames, embeddedPanel } from './embeddable';

test.each([
  ['cpu', 'cpu', ''],
  ['sensors', 'sensors', ''],
  ['sensor:greenhouse', 'sensor', 'greenhouse'],
  ['sensor%3Agreenhouse', 'sensor', 'greenhouse'],
  ['sensor:a:b%2Fc', 'sensor', 'a:b/c'],
])('/embed/%s is the panel %s of %j', (segment, name, sensorId) => {
  expect(embeddedPanel(segment)).toMatchObject({ name, sensorId });
});

test.each(['nothing', 'sensor', 'sensor:', 'cpu:0', 'toString', '', '%', 'cores'])(
  '/embed/%s is none',
  (segment) => {
    expect(embeddedPanel(segment)).toBeNull();
  },
);

test('the address of a single sensor is explained', () => {
  expect(embeddableNames).toContain('sensor:{id}');
});
