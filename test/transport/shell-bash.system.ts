import { describeShell } from './shell-suite.ts';

describeShell('bash as sh');
