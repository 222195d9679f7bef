/** The part of `eventsource` 1 and 2 that tests use; neither has types. */
declare module 'eventsource-1' {
  export default class EventSource {
    constructor(url: string);
    addEventListener(
      type: string,
      listener: (event: { readonly lastEventId: string; readonly data: string }) => void,
    ): void;
    close(): void;
  }
}

declare module 'eventsource-2' {
  export { default } from 'eventsource-1';
}
