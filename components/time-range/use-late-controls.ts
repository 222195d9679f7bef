import { type RefObject, useEffect, useState } from 'react';
import { late, useLate } from '../ui/late';
import { goesThroughTime, isTimeKey, type Opened, type Pressed } from './control-input';

const controls = late(() => import('./controls').then((module) => module.Controls));

/** Keys, wheel, fingers and forms: at their first use at the latest. */
export function useLateControls(box: RefObject<HTMLElement | null>) {
  const [opened, setOpened] = useState<Opened>(null);
  /** What was pressed last, on the keyboard or on a button; also what asked for them. */
  const [pressed, setPressed] = useState<Pressed | null>(null);
  const isWanted = opened !== null || pressed !== null;
  const { part: Controls, hasFailed } = useLate(controls, isWanted);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isTimeKey(event)) return;
      event.preventDefault();
      setPressed({ key: event.key });
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  useEffect(() => {
    const element = box.current;
    if (Controls || !element) return;
    const load = () => void controls.load();
    const touch = ({ pointerType }: PointerEvent) => pointerType === 'touch' && load();
    const turn = (event: WheelEvent) => {
      if (!goesThroughTime(event)) return;
      event.preventDefault();
      load();
    };
    element.addEventListener('wheel', turn, { passive: false });
    element.addEventListener('pointerdown', touch);
    return () => {
      element.removeEventListener('wheel', turn);
      element.removeEventListener('pointerdown', touch);
    };
  }, [box, Controls]);

  return {
    opened,
    setOpened,
    pressed,
    press: (key: string) => setPressed({ key }),
    Controls,
    /** Something was asked for that is not here. */
    isMissing: isWanted && hasFailed,
    retryControls: async () => (await controls.load()) !== null,
  };
}
