import { Modules } from '@lifeline/client/modules';
import { mountPage } from '@lifeline/page/mount';
import type { ReactNode } from 'react';

import { cv } from '../modules/cv/module';
import { interview } from '../modules/interview/module';
import { outreach } from '../modules/outreach/module';

mountPage(new Modules<ReactNode>().add(cv).add(interview).add(outreach));
