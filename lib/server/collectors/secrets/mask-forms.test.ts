import { describe, expect, it } from 'vitest';
import { maskArguments, maskText } from './mask';

/** In no option, name or host below. */
const secret = 'hunter2xyz';

/** Command lines as they are typed, with `§` in the place of a secret. */
const secretForms = `
mount.cifs //nas/a /mnt -o user=ada%§
mount.cifs //nas/a /mnt -o username=ada%§,uid=1000
mount -t cifs -o username=ada,password=§ //nas/a /mnt
mount -t cifs -o rw,user=ada,pass=§,uid=1000 //nas/a /mnt
mount -t cifs -ousername=ada,password=§ //nas/a /mnt
mount.smb3 //nas/a /mnt -o 'domain=home,username=ada,password=§'
smbclient //nas/a -U ada%§
smbclient //nas/a --user=home\\ada%§
smbclient -U 'HOME/ada%§' //nas/a
rpcclient -Uada%§ nas
aws configure set aws_secret_access_key §
aws configure set --profile a default.aws_session_token §
vault login §
vault login -method=token §
vault login -method=userpass username=ada password=§
vault kv put secret/db password=§
ngrok authtoken §
ngrok config add-authtoken §
ngrok http 80 --authtoken=§
npm config set //registry.example.org/:_authToken §
npm config set //registry.example.org/:_authToken=§
npm config set _auth §
npm publish --otp 4711081599§
yarn config set npmAuthToken §
poetry config pypi-token.pypi §
poetry config http-basic.shop ada §
git config --global github.token §
pip config set global.password §
psql -v pw=§ -f a.sql
psql -vpw=§ -f a.sql
psql --set=admin_pw=§
app --key §
app --key=§
app --hmac-key §
app --pin §
app --pin=8471§
pkcs11-tool --login --pin §
secretsdump.py home/ada:§@dc.example.org
psexec.py ada:§@192.0.2.1
impacket-wmiexec 'home/ada:§@192.0.2.1' whoami
secretsdump.py -hashes aad3b435b51404ee:§ home/ada@dc
GetUserSPNs.py home.lan/ada:§ -dc-ip 192.0.2.1
impacket-GetNPUsers /ada:§
xfreerdp /p:§ /u:ada /v:win
xfreerdp /u:ada /password:§ /v:win
xfreerdp /gp:§ /v:win
sh -c 'PASSWORD = §'
app PASSWORD = §
app db_password =§
app password : §
app password := §
app password= §
sshpass -p§ ssh nas
sshpass -p § ssh nas
curl -u ada:§ https://example.org/
curl --user=ada:§ https://example.org/
curl -su ada:§ https://example.org/
curl -x ada:§@proxy:3128 https://example.org/
curl -E cert.pem:§ https://example.org/
mysql -p§ shop
mysqladmin -u root password §
mysql -e "ALTER USER 'ada' IDENTIFIED BY '§'"
psql -c "CREATE ROLE ada WITH LOGIN PASSWORD '§'"
redis-cli -a § ping
redis-cli -h cache AUTH §
redis-cli AUTH ada §
redis-cli config set requirepass §
redis-cli SET app:password §
docker login -p § registry.example.org
docker login -u ada -p=§
podman login --password=§ registry.example.org
docker run -e DB_PASS=§ nginx
docker run --env=DB_PASSWORD=§ nginx
docker build --build-arg NPM_TOKEN=§ .
sh -c 'echo § | gh auth login --with-token'
sh -c 'echo "§" | docker login -u ada --password-stdin'
sh -c 'echo § | sudo -S reboot'
sh -c "printf '%s' '§' | cryptsetup open /dev/sda1 a"
sh -c 'echo ada:§ | chpasswd'
sh -c 'gh auth login --with-token <<< §'
curl -H 'Authorization: Bearer §' https://example.org/
curl -H 'authorization: token §' https://example.org/
curl -H 'Authorization: Digest username="ada", response="§"' https://example.org/
wget --header="Authorization: Bearer §" https://example.org/
wget '--header=X-Api-Key: §' https://example.org/
curl -H 'X-Api-Key: §' https://example.org/
curl -H X-Auth-Token:§ https://example.org/
curl -HX-Vault-Token:§ https://example.org/
curl -H 'Ocp-Apim-Subscription-Key: §' https://example.org/
curl -H 'Cookie: PHPSESSID=§; b=1' https://example.org/
curl -d '{"password":"§"}' https://example.org/
curl -d '{"user":"ada","password" : "§","page":2}' https://example.org/
curl -d '{"auth":{"apiKey":"§"}}' https://example.org/
curl -d '{"tokens":["§","b"]}' https://example.org/
app "{\\"password\\":\\"§\\"}"
app "{password: '§'}"
app "connect(password='§', user='ada')"
app "connect(password='a;§,b', user='ada')"
curl 'https://example.org/?token=§&page=2'
curl 'https://example.org/?page=2&access_token=§#top'
curl 'https://example.org/cb#id_token=§'
curl 'https://example.org/?next=%2Fa%3Ftoken%3D§'
curl 'https://maps.example.org/?key=§'
curl -F password=§ https://example.org/
curl -d 'user=ada&pass=§' https://example.org/
curl --data-urlencode 'passwd=§' https://example.org/
http POST example.org password=§ X-Token:§ token==§
FOO_TOKEN=§ cmd --port 80
env DBPASS=§ ROOT_PW=§ GH_PAT=§ app
env SMTPPASS=§ MYSQL_ROOT_PASSWORD=§ app
java -Djavax.net.ssl.keyStorePassword=§ -jar a.jar
java -Dpw=§ -jar a.jar
gradle -Psigning.password=§ publish
kubectl create secret generic a --from-literal=password=§
kubectl create secret generic a --from-literal=anything=§
kubectl create secret generic a --from-literal anything=§
kubectl create secret docker-registry a --docker-password=§
kubectl config set-credentials ada --token=§
helm upgrade a b --set-string auth.rootPassword=§
terraform apply -var db_password=§
terraform apply -var=db_password=§
ansible all -e ansible_become_pass=§
gh secret set NAME --body §
gh secret set NAME -b§
doctl auth init -t §
influx query -t § q
cloudflared service install §
cloudflared tunnel run --token §
tailscale up --authkey §
rabbitmqctl add_user ada §
rabbitmqctl change_password ada §
rclone obscure §
rclone config create nas sftp host nas pass §
nmcli con modify home wifi-sec.psk §
nmcli dev wifi connect home password §
wpa_passphrase home §
iwconfig wlan0 key §
openssl passwd -6 §
openssl enc -aes-256-cbc -k § -in a
openssl pkcs12 -export -passout pass:§
keytool -list -keystore a.jks -storepass § -keypass §
ssh-keygen -t ed25519 -N § -f a
gpg --batch --passphrase § -d a.gpg
htpasswd -nb ada §
htpasswd -bc file ada §
mosquitto_passwd -b file ada §
pdftotext -upw § a.pdf
pdftk a.pdf input_pw § output b.pdf
qpdf --password=§ a.pdf
yt-dlp -u ada -p § https://example.org/
transmission-remote -n ada:§ -l
aria2c --rpc-secret=§
twine upload -u ada -p § dist/x
mc alias set nas https://nas AKEY §
s3cmd --secret_key=§ ls
lftp -u ada,§ sftp://nas
ldapsearch -x -D cn=admin -w § -b dc=a
kadmin -p admin -w § -q listprincs
tsql -S db -U sa -P §
cypher-shell -u ada -p §
beeline -u jdbc:hive2://db -n ada -p §
sqlplus ada/§@//db/shop
java -jar a.jar jdbc:oracle:thin:ada/§@//db:1521/shop
java -jar a.jar 'jdbc:sqlserver://db;user=ada;password=§;encrypt=true'
evil-winrm -i win -u ada -p §
nxc smb win -u ada -p §
openfortivpn vpn.example.org -u ada -p §
openconnect -C § vpn.example.org
ipmitool -U ada -P § -H bmc
virsh set-user-password vm ada §
virt-customize -a a.img --root-password password:§
grafana-cli admin reset-admin-password §
samba-tool user create ada §
steamcmd +login ada § +quit
bw unlock §
ttyd -c ada:§ bash
chisel server --auth ada:§
prometheus-exporter --basic-auth=ada:§
consul kv get -token=§ a
consul kv put app/password §
etcdctl put /app/db/password §
hdparm --user-master u --security-set-pass § /dev/sda
jupyter lab --ServerApp.token=§
ffmpeg -i a.mp4 -f flv rtmp://live.example.org/app/§
smbget smb://home;ada:§@nas/a
mongodump --uri=mongodb+srv://ada:§@db/shop
amqp-consume --url=amqp://ada:§@mq
dsn=ada:§@tcp(db:3306)/shop
restic -r rest:https://ada:§@nas:8000/
sh -c 'mysqldump -uroot -p§ shop | gzip > a.gz'
ssh nas "mysql -p§ shop"
su ada -c 'app --token §'
bash -lc "export API_TOKEN='§'; app"
python -c "import os; os.environ['API_KEY'] = '§'"
node -e "login({user: 'ada', password: '§'})"
app --password="§ with blanks"
app "--password=with §"
app --credentials ada:§
app --cookie session=§
app /token:§
app -token §
app --newPassword=§
app --db-pass § --db-name shop
`;

/** Command lines in which nothing is a secret. */
const innocentForms = `
app --password-file /x --token-file=/y --key-file k.pem
app --auth-type basic --auth=none --auth jwt
app -p 8080
app --port 8080 --pidfile /run/a.pid
ssh -p 22 ada@nas
ssh -i id_ed25519 -L 8080:localhost:80 ada@nas
scp -P 2222 a.txt ada@nas:/srv/a
docker run -p 80:80 nginx
docker run -d -p 127.0.0.1:80:80 --user 1000:1000 nginx:1.27
docker run nginx/app:1.2@sha256:0123456789abcdef
docker build --secret id=npm,src=/run/npm .
docker service create --secret db_credentials nginx
docker login --password-stdin registry.example.org
kubectl create secret generic a --from-file=/x
kubectl get secret a -o yaml
kubectl create token builder
tar -pxf a.tar
tar -xpzf a.tar.gz -C /srv
mkdir -p /srv/a
cp -pr a b
install -m 600 -p a b
git commit -m "token handling"
git commit -m "fix: password reset page"
git log --grep=password
git config --global credential.helper store
git clone git@example.org:ada/token-service.git
grep -r password /etc
grep -n "token" src/index.ts
vim /etc/pam.d/common-password
cat /run/secrets/db_password
less secret.txt
openvpn --config a.ovpn --auth-user-pass /etc/openvpn/login.conf
openvpn --auth-user-pass up.txt --auth SHA256
openvpn --askpass /etc/openvpn/pw.txt --secret static.key
mongod --auth --dbpath /data/db
mongod --auth --keyFile /etc/mongo.key
curl --key client.pem --cert client.crt https://example.org/
curl --key /etc/ssl/client.key https://example.org/
curl --cookie-jar jar.txt https://example.org/
curl 'https://example.org/?page=2&sort=name&keyword=a'
etcd --key-file=/etc/etcd/key.pem --peer-key-file k.pem
nginx -g 'daemon off;'
sort --key 2,2n a.txt
sort --key=3 a.txt
sort -t, -k2 a.csv
gpg --export-secret-keys ada
gpg --list-secret-keys --with-colons
gpg --passphrase-fd 0 -d a.gpg
gpg --default-key 0x0123ABCD89EF4567 -s a
gh auth login --with-token --hostname example.org
gh auth status --show-token
ffmpeg -i a.mp4 -pass 1 -an b.mp4
ffmpeg -i a.mp4 -pass 2 b.mp4
rsync -avP --password-file=/x a rsync://nas/a
mount -t cifs -o credentials=/root/.smb,uid=1000 //nas/a /mnt
mount -o rw,user=ada,noatime /dev/sda1 /mnt
mysql -u root -p shop
mysql --defaults-file=/etc/my.cnf shop
psql -h db -p 5432 -U ada shop
redis-server *:6379
redis-cli -p 6379 ping
ansible-playbook --vault-password-file /x site.yml
ansible-playbook --ask-become-pass site.yml
llama-server --ctx-size 4096 --max-tokens 512 --model a.gguf
app --max-tokens=4096 --tokens 100
app --token-ttl 60 --no-password --skip-token-check
app --sort-key name --partition-key user_id --public-key a.pub
app --key name --key user --key userName --key PRIMARY
python3 manage.py runserver 127.0.0.1:8000
python3 train.py --data /srv/data:ro
gpio --pin 17
env GPIO_PIN=17 PWD=/srv ORACLE_SID=orcl SSH_ASKPASS=/usr/bin/ask app
env GOOGLE_APPLICATION_CREDENTIALS=/etc/gcp.json app
env SSH_AUTH_SOCK=/run/ssh.sock XAUTHORITY=/home/ada/.Xauthority app
npm install left@npm:right@1.2.3
npm exec @scope/a@1.0
zfs send tank/data@2026-11-28
systemctl status user@1000.service
sshd: ada@pts/0
sshd -D -o AuthorizedKeysFile=none
su - ada
sudo -u ada -p prompt: ls
postgres: checkpointer
/usr/sbin/mosquitto -c /etc/mosquitto.conf
htpasswd -c file ada
vault status -format=json
vault server -config=/etc/vault.hcl
ssh-agent -a /run/a.sock
ssh-keygen -t ed25519 -f a
unzip -p a.zip
7z x a.7z -o/srv
python -m http.server -p 8000
echo password | wc -c
keepassxc /home/ada/passwords.kdbx
bitwarden-desktop --enable-features=a
qemu-system-x86_64 -m 4096 -smp 4 -drive file=a.img,format=raw
ip route add default via 192.0.2.1
nmcli con show
steamcmd +login anonymous +app_update 90 +quit
ffmpeg -i rtsp://camera.lan:554/live -c copy a.mp4
rclone mount nas:/a /mnt --vfs-cache-mode writes
certbot certonly --key-type ecdsa -d example.org
bypass --compass north --multipass on
`;

const linesOf = (text: string) => text.trim().split('\n');

/** The arguments of a line as a shell makes them of it. */
function argumentsOf(line: string): string[] {
  const words = line.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single = '') =>
      double === undefined ? single : double.replace(/\\(.)/g, '$1'),
    ),
  );
}

describe('a secret is masked', () => {
  it.each(linesOf(secretForms))('%s', (form) => {
    const line = form.replaceAll('§', secret);
    expect(maskArguments(argumentsOf(line)).join(' '), 'as arguments').not.toContain(secret);
    expect(maskText(line), 'as a title').not.toContain(secret);
    expect(maskArguments(['sh', '-c', line]).join(' '), 'as a script').not.toContain(secret);
  });
});

describe('a line without a secret stays as it is', () => {
  it.each(linesOf(innocentForms))('%s', (line) => {
    const args = argumentsOf(line);
    expect(maskArguments(args)).toEqual(args);
    expect(maskText(line)).toBe(line);
    expect(maskArguments(['sh', '-c', line])).toEqual(['sh', '-c', line]);
  });
});

describe('a secret is known by its form', () => {
  const body = 'a1B2c3D4';
  it.each([
    `gho_${body.repeat(5)}`,
    `glrt-${body.repeat(3)}`,
    `sk-ant-api03-${body.repeat(5)}`,
    `rk_live_${body.repeat(3)}`,
    `xoxe.xoxp-1-${body.repeat(4)}`,
    `AIza${body.repeat(5)}`,
    `dapi${'0123456789abcdef'.repeat(2)}`,
    `key-${'0123456789abcdef'.repeat(2)}`,
    `glsa_${body.repeat(4)}`,
    `NRAK-${body.repeat(4)}`,
    `lin_api_${body.repeat(4)}`,
    `tk_${'a1b2c3d4'.repeat(4)}`,
    `1234567890:AA${body.repeat(4)}x`,
    `eyJhbGciOiJIUzI1NiJ9${body.repeat(6)}`,
    `hvs.${body.repeat(4)}`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.repeat(20)}\n-----END OPENSSH PRIVATE KEY-----`,
  ])('%s', (key) => {
    for (const argument of [key, `--x=${key}`, `x ${key} y`, `{"a":"${key}"}`])
      expect(maskArguments(['app', argument]).join(' ')).not.toContain(key.slice(-12));
  });
});
