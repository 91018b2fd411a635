import { describe, expect, it } from 'vitest';
import { control as controlSchema, triggerPolicy } from '../../model/control.ts';
import { areas, profiles, triggers } from '../../model/words.ts';
import { profilePolicies } from '../profiles.ts';
import { blockingSet, controls, modelControls, triggerPolicies } from './index.ts';

const ids = controls.map((control) => control.id);

describe('the catalogue', () => {
  it('has 113 controls with ids of their own, each in a known area', () => {
    expect(controls).toHaveLength(113);
    expect(new Set(ids).size).toBe(113);
    for (const { planned, ...row } of controls) {
      expect(controlSchema.parse(row)).toEqual(row);
      expect(planned.length, row.id).toBeGreaterThan(0);
      expect(
        areas.some((area) => row.id.startsWith(`${area}/`)),
        row.id,
      ).toBe(true);
    }
  });

  it('plans 155 checks, each for one control', () => {
    const planned = controls.flatMap((control) => control.planned);
    expect(planned).toHaveLength(155);
    expect(new Set(planned).size).toBe(155);
  });

  it('names only known controls in blocking sets and profiles', () => {
    const named = [
      ...triggers.flatMap((trigger) => [...triggerPolicies[trigger].blocks, ...triggerPolicies[trigger].stated]),
      ...modelControls,
      ...profiles.flatMap((profile) => profilePolicies[profile].leavesOut),
    ];
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
    for (const trigger of triggers) expect(triggerPolicy.parse(triggerPolicies[trigger]).id).toBe(trigger);
  });

  it('lets a trigger extend another, and lets what blocks outweigh what may be stated', () => {
    const regulated = blockingSet('regulated', false);
    expect(regulated.blocks).toEqual(expect.arrayContaining([...triggerPolicies['sensitive-data'].blocks, 'compliance/retention']));
    expect(regulated.stated).not.toContain('compliance/retention');
    expect(regulated.stated).toContain('security/secret-management');
  });

  it('adds the model controls to every trigger when models are called', () => {
    for (const trigger of triggers) {
      expect(blockingSet(trigger, true).blocks).toEqual(expect.arrayContaining([...modelControls]));
    }
    expect(blockingSet('payments', false).blocks).not.toContain('ai/cost-ceiling');
  });
});
