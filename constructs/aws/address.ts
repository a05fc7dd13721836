import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Construct } from "constructs";

export interface AddressProps {
  /** Name of the deployment. */
  readonly name: string;
}

/** The public address. It stays when the machine is replaced, so DNS and `known_hosts` stay true. */
export class Address extends Construct {
  /** Allocation id of the address; a token. */
  public readonly allocationId: string;
  /** The address itself; a token. */
  public readonly publicIp: string;

  public constructor(scope: Construct, id: string, { name }: AddressProps) {
    super(scope, id);
    const address = new Eip(this, "eip", {
      domain: "vpc",
      tags: { Name: name },
      lifecycle: { preventDestroy: true },
    });
    address.overrideLogicalId("address");
    this.allocationId = address.id;
    this.publicIp = address.publicIp;
  }
}
