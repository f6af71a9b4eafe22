// Where everything but packets waits for its turn: links, answers, commands, timers. The drain steps it.

import type { NodeEvent } from '../model/step.ts';

type Untimed<Event> = Event extends NodeEvent ? Omit<Event, 'now'> : never;
/** An event whose `now` is the moment it is stepped. */
export type UntimedEvent = Untimed<NodeEvent>;

/** Given to whatever can produce events. */
export interface Inbox {
  /** Queued, and stepped before the event loop goes back to waiting. Safe at any moment, also during a step. */
  deliver(event: UntimedEvent): void;
}
