import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow by two fifths of what is in use before old objects are collected. By itself V8 takes its measure from
 * the machine's memory and lets a heap of 100 MB grow to several hundred first, which `MEMORY_LIMIT` would take for a
 * shortage. For this process and the threads it starts; to be called first.
 * @see https://github.com/v8/v8/blob/main/src/heap/memory-controller.cc `MemoryController::GrowingFactor`
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
