import type { BuildOptions } from 'esbuild';

/** How esbuild puts libraries of the older form into one file. */
export declare const WITH_LIBRARIES: BuildOptions;
